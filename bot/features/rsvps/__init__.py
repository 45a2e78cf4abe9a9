"""RSVPs: who says they come. The feature to imitate when you write your first one."""
