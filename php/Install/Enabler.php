<?php

declare(strict_types=1);

namespace FfiZts\Install;

/** Has a SAPI load the extension by an ini file of our own, and takes that back. */
final class Enabler
{
    public readonly IniPlace $place;

    /**
     * @param PhpIni  $ini     the files of the SAPI
     * @param ?string $scanDir what PHP_INI_SCAN_DIR is for the SAPI; null: as it is
     */
    public function __construct(
        private readonly PhpIni $ini,
        private readonly Sapi $sapi,
        private readonly string $extensionDir,
        private readonly ?string $scanDir,
    ) {
        $this->place = IniPlace::of($ini, $sapi->name);
    }

    /**
     * For a SAPI of this PHP by its name in the distribution, or this PHP's own.
     *
     * @throws NoSuchSapi
     */
    public static function for(?string $name): self
    {
        $current = PhpIni::current();
        $sapi = new Sapi($name ?? PHP_SAPI, PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION);
        $ini = $current->forSapi($sapi->name);
        if ($ini === null) {
            $known = $current->sapis();
            $there = $known === [] ? '' : ' (there are: ' . implode(', ', $known) . ')';
            throw new NoSuchSapi("this PHP has no configuration directory for the SAPI {$sapi->name}$there");
        }
        $scanDir = getenv('PHP_INI_SCAN_DIR') === false || $ini === $current ? null : $ini->scanDir;
        return new self($ini, $sapi, (string) ini_get('extension_dir'), $scanDir);
    }

    /**
     * Writes the file, and looks in a fresh process whether it helps. Where it does not, what was there before is there again.
     *
     * @param string $line   the line of php.ini
     * @param string $target the file that the line loads
     *
     * @return ?bool whether the process has loaded it; null where none can be asked
     *
     * @throws CannotWrite
     */
    public function enable(string $line, string $target): ?bool
    {
        $file = (string) $this->place->file;
        $this->check($file, $target);
        $before = is_file($file) ? file_get_contents($file) : null;
        $wasActive = $this->place->isActive();
        try {
            OwnFile::write($file, OwnFile::text($line));
            $this->place->link();
            $answer = $this->sapi->loads($this->scanDir);
            if ($answer !== null && !$answer[0]) {
                throw new CannotWrite("a fresh {$this->sapi->name} process did not load $target, so nothing was changed. It said:\n$answer[1]");
            }
        } catch (CannotWrite $error) {
            throw new CannotWrite($error->getMessage() . $this->restored($file, $before, $wasActive), previous: $error);
        }
        return $answer === null ? null : $answer[0];
    }

    /**
     * Takes the line away, where it is ours.
     *
     * @return bool whether there was one
     *
     * @throws CannotWrite where the file is somebody else's, or was edited
     */
    public function disable(): bool
    {
        $file = $this->place->file;
        if ($file === null || (OwnFile::state($file) === OwnState::Absent && !is_link((string) $this->place->active))) {
            return false;
        }
        if (OwnFile::state($file) !== OwnState::Absent) {
            self::refuseOthers($file);
        }
        $was = $this->place->isActive() || $this->place->linked() === [];
        $this->place->remove();
        return $was;
    }

    public function restart(): ?string
    {
        return $this->sapi->restart();
    }

    public function name(): string
    {
        return $this->sapi->name;
    }

    /** @return list<IniLine> the lines of this SAPI that load ffi_zts */
    public function lines(): array
    {
        return IniLine::in($this->ini->files(), $this->extensionDir);
    }

    /** @throws CannotWrite */
    private function check(string $file, string $target): void
    {
        if (OwnFile::state($file) !== OwnState::Absent) {
            self::refuseOthers($file);
        }
        foreach ($this->lines() as $line) {
            if (realpath($line->file) !== realpath($file)) {
                throw new CannotWrite("$line->file:$line->number loads ffi_zts already (extension=$line->value), and PHP would warn of "
                    . 'a second line. Make a comment of it first: ' . $line->comment());
            }
        }
        if (str_contains($target, "\n")) {
            throw new CannotWrite("php.ini cannot name $target: there is a line break in it");
        }
        $this->checkTrust($file, $target);
    }

    /** What root has PHP load, nobody else may change. */
    private function checkTrust(string $file, string $target): void
    {
        $users = array_unique([Trust::user(), (int) @fileowner(dirname($file))]);
        $trust = new Trust(in_array(0, $users, true) ? [] : $users);
        $runtime = dirname(realpath($target) ?: $target) . '/runtime';
        $objection = $trust->objection($target) ?? (is_dir($runtime) ? $trust->inside($runtime) : null);
        if ($objection !== null) {
            throw new CannotWrite("$file would have PHP load $target, and $objection->path $objection->why. "
                . '`ffi-zts enable --system`, as root, makes a copy that root owns and loads that');
        }
    }

    /** @throws CannotWrite */
    private static function refuseOthers(string $file): void
    {
        match (OwnFile::state($file)) {
            OwnState::Foreign => throw new CannotWrite("$file is not ours: it lacks the mark of `ffi-zts enable`. Remove it yourself, or leave it"),
            OwnState::Edited => throw new CannotWrite("$file was edited since `ffi-zts enable` wrote it: remove it yourself"),
            default => null,
        };
    }

    /** @return string '', or why it could not be done, to be told after the first reason */
    private function restored(string $file, ?string $before, bool $wasActive): string
    {
        try {
            if (!$wasActive) {
                $this->place->remove();
            }
            if ($before === null) {
                OwnFile::remove($file);
            } else {
                OwnFile::write($file, $before);
            }
            return '';
        } catch (CannotWrite $error) {
            return "\nand what was written could not be taken back: {$error->getMessage()}";
        }
    }
}
