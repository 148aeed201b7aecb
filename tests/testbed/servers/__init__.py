"""What the shop stands on: real servers, each in the testbed's own directory and on a free port."""
