"""The story of each job: which engines are called, and how their answers become a result.

Views, commands and workers call these functions; they know nothing of HTTP requests.
"""
