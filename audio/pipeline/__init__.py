"""The story of each job: which engines are asked, and what becomes of their answers.

Views and commands call these functions; they know nothing of HTTP requests.
"""
