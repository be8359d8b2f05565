<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** What to tell somebody whose PHP has not loaded the extension. */
final class NotLoaded
{
    public static function message(?ExtensionFile $file = null, ?PhpIni $ini = null): string
    {
        $file ??= ExtensionFile::locate();
        $ini ??= PhpIni::current();
        if (PHP_ZTS) {
            return 'ffi_zts is for a PHP that is not thread-safe, and this one is: use pecl/parallel here.';
        }
        $text = sprintf("The extension ffi_zts is not loaded in this PHP (%s, %s).", PHP_VERSION, PHP_SAPI);
        if ($file->path === null) {
            $text .= ' ' . $file->notFound() . ' Then put';
        } else {
            $text .= ' Put';
        }
        return "$text this line into php.ini:\n\n    {$file->line}\n\n" . ucfirst($ini->describe()) . ".\n"
            . "`vendor/bin/ffi-zts enable` writes it, into a file of its own, and `vendor/bin/ffi-zts php script.php` does without.";
    }
}
