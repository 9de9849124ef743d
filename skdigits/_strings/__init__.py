"""Numbers of several digits: find their lines, read them, constrain what is read."""
