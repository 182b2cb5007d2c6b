-- Links the entries of the access log that came since, and answers with the head of the chain.
SELECT l.number, l.sha256 FROM sems.link_log() AS l
