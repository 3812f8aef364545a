-- name: actor
-- The roles and departments of one person in one company.
select p.name,
       coalesce(array_agg(distinct g.role) filter (where g.role is not null), '{}') as roles,
       coalesce(array_agg(distinct g.department_id) filter (where g.department_id is not null), '{}') as departments
from person p
left join role_grant g on g.person_id = p.id and g.company_id = %(company)s::bigint
where p.id = %(person)s::bigint and p.is_active
group by p.id

-- name: persons
-- The people of the company with their roles and what they can do.
select p.id, p.name, p.email, array_agg(distinct g.role order by g.role) as roles,
       array(select s.skill from person_skill s where s.person_id = p.id and s.company_id = %(company)s::bigint order by s.skill)
           as skills
from person p
join role_grant g on g.person_id = p.id and {visible role_grant g}
where p.is_active
  and g.role = %(role)s::text --? role
group by p.id order by p.name

-- name: insert_companies
-- Found companies.
insert into company (name, street, postcode, city, country, currency, timezone, language, vat_id, tax_number, iban, bic, email, phone)
select c.* from unnest(%(name)s::text[], %(street)s::text[], %(postcode)s::text[], %(city)s::text[], %(country)s::text[],
    %(currency)s::text[], %(timezone)s::text[], %(language)s::text[], %(vat_id)s::text[], %(tax_number)s::text[],
    %(iban)s::text[], %(bic)s::text[], %(email)s::text[], %(phone)s::text[]) as c
returning id

-- name: insert_departments
-- Open departments.
insert into department (company_id, key, name)
select %(company)s::bigint, d.key, d.name from unnest(%(key)s::text[], %(name)s::text[]) as d (key, name)
on conflict (company_id, key) do update set name = excluded.name
returning id

-- name: insert_persons
-- Admit persons; one who is known already (perhaps in another company) keeps their name and password.
insert into person (email, name, language, theme, company_id, is_active, password)
select p.email, p.name, p.language, 'auto', %(company)s::bigint, true, p.password
from unnest(%(email)s::text[], %(name)s::text[], %(language)s::text[], %(password)s::text[]) as p (email, name, language, password)
on conflict (email) do update set email = excluded.email
returning id

-- name: insert_grants
-- Grant roles.
insert into role_grant (person_id, company_id, department_id, role)
select g.person, %(company)s::bigint, d.id, g.role
from unnest(%(person)s::bigint[], %(role)s::text[], %(department)s::text[]) as g (person, role, department)
left join department d on d.company_id = %(company)s::bigint and d.key = g.department
on conflict do nothing
returning id

-- name: company
-- The actor's own company.
select c.* from company c where c.id = %(company)s::bigint
