"""Every door, tried by whom it is not for, and with what nobody should bring."""
