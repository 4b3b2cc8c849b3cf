"""The service: decisions, approvals and policies over HTTP (docs/service.md)."""
