dnl A PIE that does not know prebuilt files takes this folder for the extension's source. There is none to compile.
AC_MSG_ERROR([ffi_zts comes prebuilt, which needs PIE 1.4 or later: pie self-update; or without PIE: composer require ffi-zts/ffi-zts && vendor/bin/ffi-zts install])
