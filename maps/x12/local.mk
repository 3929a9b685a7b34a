# The X12 dictionary's tables, for the compiler (src/compile) and installed for reading.  A new set is a new
# file here and a row in its release's sets.tsv; x12/README says what stands in the columns.
x12_dictionary = \
	%reldir%/codes.tsv \
	%reldir%/open.tsv

x12_dictionary += \
	%reldir%/003060/composites.tsv \
	%reldir%/003060/elements.tsv \
	%reldir%/003060/segments.tsv \
	%reldir%/003060/sets.tsv \
	%reldir%/003060/sets/180.tsv \
	%reldir%/003060/sets/204.tsv \
	%reldir%/003060/sets/210.tsv \
	%reldir%/003060/sets/214.tsv \
	%reldir%/003060/sets/810.tsv \
	%reldir%/003060/sets/812.tsv \
	%reldir%/003060/sets/816.tsv \
	%reldir%/003060/sets/820.tsv \
	%reldir%/003060/sets/824.tsv \
	%reldir%/003060/sets/830.tsv \
	%reldir%/003060/sets/832.tsv \
	%reldir%/003060/sets/836.tsv \
	%reldir%/003060/sets/840.tsv \
	%reldir%/003060/sets/843.tsv \
	%reldir%/003060/sets/846.tsv \
	%reldir%/003060/sets/850.tsv \
	%reldir%/003060/sets/852.tsv \
	%reldir%/003060/sets/855.tsv \
	%reldir%/003060/sets/856.tsv \
	%reldir%/003060/sets/860.tsv \
	%reldir%/003060/sets/861.tsv \
	%reldir%/003060/sets/862.tsv \
	%reldir%/003060/sets/863.tsv \
	%reldir%/003060/sets/864.tsv \
	%reldir%/003060/sets/865.tsv \
	%reldir%/003060/sets/867.tsv \
	%reldir%/003060/sets/869.tsv \
	%reldir%/003060/sets/870.tsv \
	%reldir%/003060/sets/888.tsv \
	%reldir%/003060/sets/889.tsv \
	%reldir%/003060/sets/940.tsv \
	%reldir%/003060/sets/943.tsv \
	%reldir%/003060/sets/944.tsv \
	%reldir%/003060/sets/945.tsv \
	%reldir%/003060/sets/947.tsv \
	%reldir%/003060/sets/990.tsv \
	%reldir%/003060/sets/997.tsv

x12_dictionary += \
	%reldir%/004010/composites.tsv \
	%reldir%/004010/elements.tsv \
	%reldir%/004010/segments.tsv \
	%reldir%/004010/sets.tsv \
	%reldir%/004010/sets/180.tsv \
	%reldir%/004010/sets/204.tsv \
	%reldir%/004010/sets/210.tsv \
	%reldir%/004010/sets/214.tsv \
	%reldir%/004010/sets/810.tsv \
	%reldir%/004010/sets/812.tsv \
	%reldir%/004010/sets/816.tsv \
	%reldir%/004010/sets/820.tsv \
	%reldir%/004010/sets/824.tsv \
	%reldir%/004010/sets/830.tsv \
	%reldir%/004010/sets/832.tsv \
	%reldir%/004010/sets/836.tsv \
	%reldir%/004010/sets/840.tsv \
	%reldir%/004010/sets/843.tsv \
	%reldir%/004010/sets/846.tsv \
	%reldir%/004010/sets/850.tsv \
	%reldir%/004010/sets/852.tsv \
	%reldir%/004010/sets/855.tsv \
	%reldir%/004010/sets/856.tsv \
	%reldir%/004010/sets/860.tsv \
	%reldir%/004010/sets/861.tsv \
	%reldir%/004010/sets/862.tsv \
	%reldir%/004010/sets/863.tsv \
	%reldir%/004010/sets/864.tsv \
	%reldir%/004010/sets/865.tsv \
	%reldir%/004010/sets/867.tsv \
	%reldir%/004010/sets/869.tsv \
	%reldir%/004010/sets/870.tsv \
	%reldir%/004010/sets/888.tsv \
	%reldir%/004010/sets/889.tsv \
	%reldir%/004010/sets/940.tsv \
	%reldir%/004010/sets/943.tsv \
	%reldir%/004010/sets/944.tsv \
	%reldir%/004010/sets/945.tsv \
	%reldir%/004010/sets/947.tsv \
	%reldir%/004010/sets/990.tsv \
	%reldir%/004010/sets/997.tsv

x12_dictionary += \
	%reldir%/004030/composites.tsv \
	%reldir%/004030/elements.tsv \
	%reldir%/004030/segments.tsv \
	%reldir%/004030/sets.tsv \
	%reldir%/004030/sets/180.tsv \
	%reldir%/004030/sets/204.tsv \
	%reldir%/004030/sets/210.tsv \
	%reldir%/004030/sets/214.tsv \
	%reldir%/004030/sets/753.tsv \
	%reldir%/004030/sets/754.tsv \
	%reldir%/004030/sets/810.tsv \
	%reldir%/004030/sets/812.tsv \
	%reldir%/004030/sets/816.tsv \
	%reldir%/004030/sets/820.tsv \
	%reldir%/004030/sets/824.tsv \
	%reldir%/004030/sets/830.tsv \
	%reldir%/004030/sets/832.tsv \
	%reldir%/004030/sets/836.tsv \
	%reldir%/004030/sets/840.tsv \
	%reldir%/004030/sets/843.tsv \
	%reldir%/004030/sets/846.tsv \
	%reldir%/004030/sets/850.tsv \
	%reldir%/004030/sets/852.tsv \
	%reldir%/004030/sets/855.tsv \
	%reldir%/004030/sets/856.tsv \
	%reldir%/004030/sets/860.tsv \
	%reldir%/004030/sets/861.tsv \
	%reldir%/004030/sets/862.tsv \
	%reldir%/004030/sets/863.tsv \
	%reldir%/004030/sets/864.tsv \
	%reldir%/004030/sets/865.tsv \
	%reldir%/004030/sets/867.tsv \
	%reldir%/004030/sets/869.tsv \
	%reldir%/004030/sets/870.tsv \
	%reldir%/004030/sets/888.tsv \
	%reldir%/004030/sets/889.tsv \
	%reldir%/004030/sets/940.tsv \
	%reldir%/004030/sets/943.tsv \
	%reldir%/004030/sets/944.tsv \
	%reldir%/004030/sets/945.tsv \
	%reldir%/004030/sets/947.tsv \
	%reldir%/004030/sets/990.tsv \
	%reldir%/004030/sets/997.tsv

x12_dictionary += \
	%reldir%/005010/composites.tsv \
	%reldir%/005010/elements.tsv \
	%reldir%/005010/segments.tsv \
	%reldir%/005010/sets.tsv \
	%reldir%/005010/sets/180.tsv \
	%reldir%/005010/sets/204.tsv \
	%reldir%/005010/sets/210.tsv \
	%reldir%/005010/sets/214.tsv \
	%reldir%/005010/sets/753.tsv \
	%reldir%/005010/sets/754.tsv \
	%reldir%/005010/sets/810.tsv \
	%reldir%/005010/sets/812.tsv \
	%reldir%/005010/sets/816.tsv \
	%reldir%/005010/sets/820.tsv \
	%reldir%/005010/sets/824.tsv \
	%reldir%/005010/sets/830.tsv \
	%reldir%/005010/sets/832.tsv \
	%reldir%/005010/sets/836.tsv \
	%reldir%/005010/sets/840.tsv \
	%reldir%/005010/sets/843.tsv \
	%reldir%/005010/sets/846.tsv \
	%reldir%/005010/sets/850.tsv \
	%reldir%/005010/sets/852.tsv \
	%reldir%/005010/sets/855.tsv \
	%reldir%/005010/sets/856.tsv \
	%reldir%/005010/sets/860.tsv \
	%reldir%/005010/sets/861.tsv \
	%reldir%/005010/sets/862.tsv \
	%reldir%/005010/sets/863.tsv \
	%reldir%/005010/sets/864.tsv \
	%reldir%/005010/sets/865.tsv \
	%reldir%/005010/sets/867.tsv \
	%reldir%/005010/sets/869.tsv \
	%reldir%/005010/sets/870.tsv \
	%reldir%/005010/sets/888.tsv \
	%reldir%/005010/sets/889.tsv \
	%reldir%/005010/sets/940.tsv \
	%reldir%/005010/sets/943.tsv \
	%reldir%/005010/sets/944.tsv \
	%reldir%/005010/sets/945.tsv \
	%reldir%/005010/sets/947.tsv \
	%reldir%/005010/sets/990.tsv \
	%reldir%/005010/sets/997.tsv \
	%reldir%/005010/sets/999.tsv

x12_dictionary += \
	%reldir%/005030/composites.tsv \
	%reldir%/005030/elements.tsv \
	%reldir%/005030/segments.tsv \
	%reldir%/005030/sets.tsv \
	%reldir%/005030/sets/180.tsv \
	%reldir%/005030/sets/204.tsv \
	%reldir%/005030/sets/210.tsv \
	%reldir%/005030/sets/214.tsv \
	%reldir%/005030/sets/753.tsv \
	%reldir%/005030/sets/754.tsv \
	%reldir%/005030/sets/810.tsv \
	%reldir%/005030/sets/812.tsv \
	%reldir%/005030/sets/816.tsv \
	%reldir%/005030/sets/820.tsv \
	%reldir%/005030/sets/824.tsv \
	%reldir%/005030/sets/830.tsv \
	%reldir%/005030/sets/832.tsv \
	%reldir%/005030/sets/836.tsv \
	%reldir%/005030/sets/840.tsv \
	%reldir%/005030/sets/843.tsv \
	%reldir%/005030/sets/846.tsv \
	%reldir%/005030/sets/850.tsv \
	%reldir%/005030/sets/852.tsv \
	%reldir%/005030/sets/855.tsv \
	%reldir%/005030/sets/856.tsv \
	%reldir%/005030/sets/860.tsv \
	%reldir%/005030/sets/861.tsv \
	%reldir%/005030/sets/862.tsv \
	%reldir%/005030/sets/863.tsv \
	%reldir%/005030/sets/864.tsv \
	%reldir%/005030/sets/865.tsv \
	%reldir%/005030/sets/867.tsv \
	%reldir%/005030/sets/869.tsv \
	%reldir%/005030/sets/870.tsv \
	%reldir%/005030/sets/888.tsv \
	%reldir%/005030/sets/889.tsv \
	%reldir%/005030/sets/940.tsv \
	%reldir%/005030/sets/943.tsv \
	%reldir%/005030/sets/944.tsv \
	%reldir%/005030/sets/945.tsv \
	%reldir%/005030/sets/947.tsv \
	%reldir%/005030/sets/990.tsv \
	%reldir%/005030/sets/997.tsv \
	%reldir%/005030/sets/999.tsv

x12_dictionary += \
	%reldir%/005040/composites.tsv \
	%reldir%/005040/elements.tsv \
	%reldir%/005040/segments.tsv \
	%reldir%/005040/sets.tsv \
	%reldir%/005040/sets/204.tsv \
	%reldir%/005040/sets/210.tsv \
	%reldir%/005040/sets/214.tsv \
	%reldir%/005040/sets/810.tsv \
	%reldir%/005040/sets/812.tsv \
	%reldir%/005040/sets/820.tsv \
	%reldir%/005040/sets/824.tsv \
	%reldir%/005040/sets/864.tsv \
	%reldir%/005040/sets/990.tsv \
	%reldir%/005040/sets/997.tsv \
	%reldir%/005040/sets/999.tsv

nobase_dist_pkgdata_DATA += $(x12_dictionary) %reldir%/README
