"""`python -m langqiao.cli`: the doors of the command line."""

from langqiao.cli import main

main()
