-- name: company
-- What conditions may ask of the company.
select c.id, c.name as title from company c where c.id = any(%(ids)s::bigint[])

-- name: matter
-- What conditions may ask of a matter.
select m.id, m.title, m.about, p.name as opened_by
from matter m left join person p on p.id = m.opened_by_id
where m.id = any(%(ids)s::bigint[]) and m.company_id = %(company)s::bigint
