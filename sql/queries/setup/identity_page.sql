-- Persons of the map in order, at most so many. $1: behind this one; $2: how many; $3: this one alone, or NULL.
SELECT person, name, until FROM identity.person
WHERE person > $1 AND ($3::text IS NULL OR person = $3)
ORDER BY person LIMIT $2::int
