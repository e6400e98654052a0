"""The room of insurance on patents: quotes, policies, claims, reserves."""
