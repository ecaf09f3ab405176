"""The API reference: what the OpenAPI schema says of each endpoint, with examples."""
