-- name: candidates
-- Active persons of the company by mail address or by what they can do: their roles, skills, and how much open work they have.
select p.id, lower(p.email) as mail, array_agg(distinct g.role) as roles,
       array(select s.skill from person_skill s where s.person_id = p.id and s.company_id = %(company)s::bigint) as skills,
       (select count(*)::integer from work_item w
        where w.assignee_id = p.id and w.state = 'open' and w.company_id = %(company)s::bigint) as has
from person p join role_grant g on g.person_id = p.id and g.company_id = %(company)s::bigint
where p.is_active and (
    lower(p.email) = any(%(mails)s::text[])
    or p.id in (
        select s.person_id from person_skill s where s.company_id = %(company)s::bigint and s.skill = any(%(skills)s::text[])
    )
)
group by p.id order by p.id
