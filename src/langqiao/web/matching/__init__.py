"""The room of matching: mandates of capital and needs of industry against patents and holders, with reasons."""
