-- Waits for the batches that are being merged, and holds back those that come, for the moment that it takes.
lock table sahut_pii.contact, sahut_etl.rejected_item in share row exclusive mode
