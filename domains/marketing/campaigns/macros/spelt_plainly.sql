{# Campaign words in the form that the clickstream has them: lower case, no blanks around. #}
{% macro spelt_plainly(column) -%}
nullif(lower(trim({{ column }})), '')
{%- endmacro %}
