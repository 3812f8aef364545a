-- name: company
-- What conditions may ask of the company.
select c.id, c.name as title from company c where c.id = any(%(ids)s::bigint[])
