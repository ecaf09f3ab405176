"""Requests and answers of the library's endpoints, one module per resource."""
