"""Sixty-four clients, while one engine at a time is broken in each way: does the gateway hold?"""
