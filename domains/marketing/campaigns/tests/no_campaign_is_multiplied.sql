-- An alias that is listed twice would double its campaigns.
select kind, alias
from {{ ref('utm_aliases') }}
group by kind, alias
having count(*) > 1
