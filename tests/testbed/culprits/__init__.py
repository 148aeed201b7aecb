"""Programs that do harm until they are ended: what other people run beside the shop."""
