"""HTTP/1.1 to engines: connections, deadlines, request forms and the reading of answers."""
