"""The long work of a portfolio: reading an upload into the organization's lake and assessing each patent."""
