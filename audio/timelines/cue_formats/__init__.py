"""Exports of text lines: WebVTT in its dialects, SRT and RTTM."""
