-- name: workplaces
-- The companies in which a person holds a role, the one where they arrive first.
select c.id, c.name, c.timezone, c.currency, c.country
from company c join person p on p.id = %(person)s::bigint and p.is_active
where exists (select 1 from role_grant g where g.company_id = c.id and g.person_id = p.id)
order by c.id <> p.company_id, c.name, c.id

-- name: failures
-- How often sign-ins of each of these failed since a moment.
select f.who, count(*)::integer as n from sign_in_failure f
where f.who = any(%(who)s::text[]) and f.at > %(since)s::timestamptz
group by f.who

-- name: note_failure
-- Remember a failed sign-in, and forget those that are a day old.
with old as (
    delete from sign_in_failure where at < %(now)s::timestamptz - interval '1 day'
)
insert into sign_in_failure (who, at) select w.who, %(now)s::timestamptz from unnest(%(who)s::text[]) as w (who)

-- name: look
-- How often somebody looked since a moment; one more look is remembered unless those are the most there may be.
with before as (
    select count(*)::integer as n from sign_in_failure where who = %(who)s::text and at > %(since)s::timestamptz
), kept as (
    insert into sign_in_failure (who, at) select %(who)s::text, %(now)s::timestamptz from before where n < %(most)s::integer
)
select n from before

-- name: forgive
-- Somebody got in: their earlier slips do not count any more.
delete from sign_in_failure where who = any(%(who)s::text[])

-- name: lock_persons
-- Lock persons of the company in key order, with what they prefer.
select p.id, p.language, p.theme from person p
where p.id = any(%(ids)s::bigint[]) and exists (select 1 from role_grant g where g.person_id = p.id and {visible role_grant g})
order by p.id for update

-- name: prefer
-- Write what persons prefer.
update person p set language = w.language, theme = w.theme
from unnest(%(id)s::bigint[], %(language)s::text[], %(theme)s::text[]) as w (id, language, theme) where p.id = w.id

-- name: set_password
-- Write hashed passwords.
update person p set password = w.password
from unnest(%(id)s::bigint[], %(password)s::text[]) as w (id, password) where p.id = w.id
