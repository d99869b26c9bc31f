# What holds published objects. Nothing but common/, site/, libcurl and json-c.
