-- Cubes that no definition of the catalogue asks for any more, but not the counts of what was purged:
-- they cannot be made again. $1: the digests in use.
DELETE FROM sems.cube AS c
WHERE c.digest <> ALL ($1::text[])
    AND NOT EXISTS (SELECT FROM sems.purge_certificate AS p WHERE p.kind = c.kind)
