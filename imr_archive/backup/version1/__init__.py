"""Archive files of format version 1, whose table of revisions was another one."""
