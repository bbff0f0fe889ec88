end if;
end $changes$;
