# compile-x12 reads the dictionary in maps/x12 and writes the flat image that the tools map into memory. It
# runs while building and is not installed; the image is.
#
# noinst_PROGRAMS += %reldir%/compile-x12
# src_compile_compile_x12_SOURCES = %reldir%/compile_x12.c
# src_compile_compile_x12_LDADD = $(tool_ldadd)
#
# imagedir = $(pkgdatadir)/maps
# nodist_image_DATA = maps/x12.image
# CLEANFILES += maps/x12.image
# maps/x12.image: %reldir%/compile-x12$(EXEEXT) $(x12_dictionary)
#	$(AM_V_GEN)$(MKDIR_P) maps && %reldir%/compile-x12$(EXEEXT) $(srcdir)/maps/x12 $@
# where maps/local.mk says x12_dictionary = %reldir%/x12/sets.tsv ... and nobase_dist_pkgdata_DATA += $(x12_dictionary)
