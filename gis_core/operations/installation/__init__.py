"""`./arpent install` and `./arpent uninstall`: a Debian 13 machine made an Arpent's server, and given back.

Run by the machine's own Python before any library is there: nothing here imports more than Python's.
"""
