"""What the toolsets over databases share: which are configured, asking several side by side, and how it is told.

    addresses   the databases of a setting, with their credentials kept apart
    asking      one, or all side by side; what fails is told of the one that failed
    statements  statements fit to be shown: without the secrets that they may hold
    texts       sessions, locks and the like as tables for people

Every look opens a connection of its own and closes it at once: a database in trouble is not held on to.
"""
