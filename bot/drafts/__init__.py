"""Shared drafts: several members write, illustrate, approve and pay for one prompt together."""
