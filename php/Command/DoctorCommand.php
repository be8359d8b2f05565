<?php

declare(strict_types=1);

namespace FfiZts\Command;

use FfiZts\Install\ExtensionFile;
use FfiZts\Install\PhpIni;
use FfiZts\Internal\Doctor;

/** `ffi-zts doctor`: what was checked, what was found, and the remedy of what is not well. The boot is tried in a child process. */
final class DoctorCommand implements Command
{
    /**
     * @param array<string, mixed> $boot            options for FfiZts::boot()
     * @param bool                 $loadedByCommand the extension is here only since this command loaded it
     */
    public function __construct(private readonly array $boot, private readonly bool $loadedByCommand)
    {
    }

    public function run(array $arguments): int
    {
        $json = Json::wanted($arguments, 'doctor');
        $findings = self::host($this->loadedByCommand, ExtensionFile::locate(), PhpIni::current());
        if (extension_loaded('ffi_zts')) {
            $findings = [...$findings, ...Doctor::findings($this->boot)];
        }
        echo $json ? Json::encode($findings) : self::text($findings);
        return self::healthy($findings) ? 0 : 1;
    }

    /**
     * What can be said without the extension's help.
     *
     * @return list<array{check: string, ok: bool, detail: string, remedy: ?string}>
     */
    public static function host(bool $loadedByCommand, ExtensionFile $file, PhpIni $ini): array
    {
        $loaded = extension_loaded('ffi_zts');
        $inIni = $loaded && !$loadedByCommand;
        $enable = "ffi-zts enable --write (puts {$file->line} into {$ini->target()})";
        return [
            [
                'check' => 'host PHP',
                'ok' => !PHP_ZTS,
                'detail' => sprintf('%s %s (%s)', PHP_VERSION, PHP_ZTS ? 'ZTS' : 'NTS', PHP_SAPI),
                'remedy' => PHP_ZTS ? 'ffi_zts is for a PHP that is not thread-safe; use pecl/parallel here' : null,
            ],
            [
                'check' => 'extension file',
                'ok' => $loaded || $file->path !== null,
                'detail' => $file->path ?? ($loaded ? 'loaded from elsewhere' : $file->notFound()),
                'remedy' => $loaded || $file->path !== null ? null : 'ffi-zts install',
            ],
            [
                'check' => 'extension loaded',
                'ok' => $inIni,
                'detail' => match (true) {
                    $inIni => 'version ' . phpversion('ffi_zts'),
                    $loaded => 'by this command only; ' . $ini->describe(),
                    $loadedByCommand => "PHP could not load {$file->path}",
                    default => $ini->describe(),
                },
                'remedy' => match (true) {
                    $inIni => null,
                    !$loaded && $loadedByCommand => "php -d extension={$file->path} -v tells why",
                    default => $enable,
                },
            ],
        ];
    }

    /** @param list<array{check: string, ok: bool, detail: string, remedy: ?string}> $findings */
    public static function text(array $findings): string
    {
        $text = '';
        $width = max([0, ...array_map(static fn (array $finding): int => strlen($finding['check']), $findings)]);
        foreach ($findings as $finding) {
            $text .= sprintf("%s  %-{$width}s  %s\n", $finding['ok'] ? 'ok ' : 'BAD', $finding['check'], $finding['detail']);
            if ($finding['remedy'] !== null) {
                $text .= sprintf("     %{$width}s  -> %s\n", '', $finding['remedy']);
            }
        }
        $bad = count(array_filter($findings, static fn (array $finding): bool => !$finding['ok']));
        return $text . ($bad === 0 ? "All is well.\n" : "$bad of " . count($findings) . " checks failed.\n");
    }

    /** @param list<array{check: string, ok: bool, detail: string, remedy: ?string}> $findings */
    public static function healthy(array $findings): bool
    {
        return !in_array(false, array_column($findings, 'ok'), true);
    }
}
