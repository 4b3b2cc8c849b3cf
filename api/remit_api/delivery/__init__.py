"""Telling somebody outside what watches say: webhooks, e-mail, the log; at least once."""
