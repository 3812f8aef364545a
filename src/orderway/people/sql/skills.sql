-- name: lock
-- Lock persons of the company in key order, with what they can do.
select p.id, array(
    select s.skill from person_skill s where s.person_id = p.id and s.company_id = %(company)s::bigint order by s.skill
) as skills
from person p
where p.id = any(%(ids)s::bigint[]) and exists (select 1 from role_grant g where g.person_id = p.id and {visible role_grant g})
order by p.id for update of p

-- name: forget
-- Take from these persons every skill that is not among the pairs.
delete from person_skill s
where s.person_id = any(%(persons)s::bigint[]) and s.company_id = %(company)s::bigint
  and not exists (
      select from unnest(%(pair_person)s::bigint[], %(pair_skill)s::text[]) as k (person, skill)
      where k.person = s.person_id and k.skill = s.skill
  )

-- name: keep
-- Give persons the skills that they do not have yet.
insert into person_skill (person_id, company_id, skill)
select k.person, %(company)s::bigint, k.skill
from unnest(%(pair_person)s::bigint[], %(pair_skill)s::text[]) as k (person, skill)
on conflict do nothing
