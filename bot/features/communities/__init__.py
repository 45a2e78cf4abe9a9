"""Communities: the organizers' panel, invitations, where and when the digest comes."""
