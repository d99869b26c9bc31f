# What the site has set. Nothing but common/ and inih.
