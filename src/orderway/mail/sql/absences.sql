-- name: absences
-- Absences with who has to do with them, where they still work here.
select a.id, a.state, a.first_day, a.last_day, a.note, a.reason, c.name as company,
       a.state = 'withdrawn' and exists (
           select from event e where e.subject_type = 'absence' and e.subject_id = a.id and e.name = 'absence.approved'
             and e.root_type = 'person' and e.root_id = a.person_id
       ) as was_approved,
       a.person_id, p.name as person, p.email as person_email, p.language as person_language,
       a.approver_id, b.name as approver, b.email as approver_email, b.language as approver_language,
       a.deputy_id, coalesce(d.name, '') as deputy, coalesce(d.email, '') as deputy_email, coalesce(d.language, '') as deputy_language
from absence a
join company c on c.id = a.company_id
join person p on p.id = a.person_id
join person b on b.id = a.approver_id
left join person d on d.id = a.deputy_id
where a.id = any(%(ids)s::bigint[]) and {visible absence a}
order by a.id
