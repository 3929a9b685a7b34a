# Manuals, mdoc:  dist_man1_MANS += %reldir%/edi2canon.1   (formats in man5, overviews in man7)
dist_man5_MANS += %reldir%/crossdock-guide.5
dist_man5_MANS += %reldir%/crossdock-canon.5 %reldir%/crossdock-map.5 %reldir%/crossdock-partner.5
dist_man7_MANS += %reldir%/crossdock.7
dist_man1_MANS += %reldir%/edi2canon.1 %reldir%/canon2erp.1 %reldir%/canon2edi.1 %reldir%/erp2canon.1
dist_man7_MANS += %reldir%/crossdock-messages.7
dist_man1_MANS += %reldir%/map-check.1
