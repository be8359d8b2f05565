<?php

declare(strict_types=1);

namespace FfiZts\Command;

/** PHP code that does in the guest what php-cli does in C for -v, -m, -i, -s, -w, --ini, --rf and their like. */
final class GuestCode
{
    /** phpinfo() knows what no function returns: the date of the build, who built it (told from 8.4 on), and Zend's banner. */
    private const VERSION = <<<'PHP'
        (static function (): void {
            ob_start();
            phpinfo(INFO_GENERAL);
            $info = (string) ob_get_clean();
            preg_match('/^Build Date => (.*)$/m', $info, $date);
            preg_match('/^Zend Engine v.*(?:\n    with .*)*/m', $info, $zend);
            $by = PHP_VERSION_ID >= 80400 && preg_match('/^Build Provider => (.*)$/m', $info, $provider) ? "Built by $provider[1]\n" : '';
            printf("PHP %s (%s) (built: %s) (%s)\nCopyright (c) The PHP Group\n%s%s\n", PHP_VERSION, PHP_SAPI, $date[1] ?? 'unknown',
                (PHP_ZTS ? 'ZTS' : 'NTS') . (PHP_DEBUG ? ' DEBUG' : ''), $by, $zend[0] ?? 'Zend Engine v' . zend_version());
        })();
        PHP;

    private const MODULES = <<<'PHP'
        (static function (): void {
            $modules = get_loaded_extensions();
            usort($modules, 'strcasecmp');
            $zend = get_loaded_extensions(true);
            sort($zend, SORT_STRING);
            echo implode("\n", ['[PHP Modules]', ...$modules, '', '[Zend Modules]', ...$zend, '', '']);
        })();
        PHP;

    private const INI = <<<'PHP'
        echo 'Configuration File (php.ini) Path: ', PHP_CONFIG_FILE_PATH, "\n",
            'Loaded Configuration File:         ', php_ini_loaded_file() ?: '(none)', "\n",
            'Scan for additional .ini files in: ', PHP_CONFIG_FILE_SCAN_DIR ?: '(none)', "\n",
            'Additional .ini files parsed:      ', php_ini_scanned_files() ?: '(none)', "\n";
        PHP;

    private const REFLECTION = <<<'PHP'
        try {
            %s
        } catch (Throwable $e) {
            echo 'Exception: ', $e->getMessage(), "\n";
            exit(1);
        }
        PHP;

    /**
     * @param string $option  as Getopt returns it
     * @param string $subject the function, class, extension or file that the option is about
     */
    public static function for(string $option, string $subject): string
    {
        $quoted = var_export($subject, true);
        return match ($option) {
            'v' => self::VERSION,
            'm' => self::MODULES,
            'i' => 'phpinfo(INFO_ALL & ~INFO_CREDITS);',
            'ini' => self::INI,
            's' => "highlight_file($quoted);",
            'w' => "echo php_strip_whitespace($quoted);",
            // From 8.4 on the constructor with one argument is deprecated, and php-cli calls what stands for it.
            'rf' => str_contains($subject, '::')
                ? sprintf(self::REFLECTION, 'echo PHP_VERSION_ID < 80400 ? '
                    . "new ReflectionMethod($quoted) : ReflectionMethod::createFromMethodName($quoted), \"\\n\";")
                : self::reflection('ReflectionFunction', $quoted),
            'rc' => self::reflection('ReflectionClass', $quoted),
            're' => self::reflection('ReflectionExtension', $quoted),
            'rz' => self::reflection('ReflectionZendExtension', $quoted),
            'ri' => "if (!extension_loaded($quoted)) { echo \"Extension '\", $quoted, \"' not present.\\n\"; exit(1); }\n"
                . "(new ReflectionExtension($quoted))->info();",
            default => throw new \LogicException("no code for $option"),
        };
    }

    private static function reflection(string $class, string $quoted): string
    {
        return sprintf(self::REFLECTION, "echo new $class($quoted), \"\\n\";");
    }
}
