"""The OpenAPI pages: the descriptions of requests and answers of each endpoint, with examples."""
