{% test positive(model, column_name, than=0) %}
{{ config(fail_calc='count(*)') }}
select * from {{ model }} where {{ column_name }} <= {{ than }}
{% endtest %}
