"""A thin client of the API: `Client(address, token)`; standard library only, so that it can be copied beside any program."""

from langqiao.client.client import Answer, ApiProblemError, Client

__all__ = ["Answer", "ApiProblemError", "Client"]
