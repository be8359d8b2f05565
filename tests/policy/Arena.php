<?php

declare(strict_types=1);

/**
 * Where a vector tries to get out: `in` is what open_basedir allows, `out` lies beside it. What is outside says the mark.
 *
 * Everybody may read and write both, so that it is PHP that refuses, and not the system.
 */
final class Arena
{
    public const MARK = 'S3CRET';

    /** @var string the vector whose names own(), victim() and made() give */
    private string $vector = 'none';

    /**
     * @param string $cell    part of the names of what is made within
     * @param string $web     the address of a server, see parts/served.php
     * @param bool   $control whether nothing is restricted: every vector is to get out
     */
    public function __construct(public readonly string $directory, private readonly string $cell = 'cell', public readonly string $web = '', public readonly bool $control = false)
    {
    }

    public function of(string $vector): self
    {
        $arena = clone $this;
        $arena->vector = self::slug($vector);
        return $arena;
    }

    public function out(string $name = ''): string
    {
        return $this->directory . '/out' . ($name === '' ? '' : "/$name");
    }

    public function in(string $name = ''): string
    {
        return $this->directory . '/in' . ($name === '' ? '' : "/$name");
    }

    /** Where native code may be taken from; open_basedir allows it. */
    public function trusted(string $name = ''): string
    {
        return $this->directory . '/trusted' . ($name === '' ? '' : "/$name");
    }

    /** A file outside with the mark. */
    public function secret(): string
    {
        return $this->out('secret');
    }

    /** A file outside with the mark, which is the vector's alone. */
    public function victim(): string
    {
        return $this->out("victims/$this->vector");
    }

    /** A name outside that nothing has. */
    public function made(): string
    {
        return $this->out("made/$this->vector");
    }

    /** A name within that nothing has, each time another. */
    public function own(): string
    {
        static $number = 0;
        return $this->in("own/$this->cell-$this->vector-" . getmypid() . '-' . hrtime(true) . '-' . $number++);
    }

    /** What comes after the job is told here: `ESCAPED`, or what became of it. */
    public function late(mixed $got): void
    {
        file_put_contents($this->in("late/$this->cell-$this->vector-" . hrtime(true)), self::escaped($got) ? 'ESCAPED' : 'refused');
    }

    /** Confines this PHP from now on, as a host or a job may for itself. */
    public function restrict(): void
    {
        if (!$this->control && !(ini_set('open_basedir', self::allowed($this->directory)) !== false && ini_set('memory_limit', '32M') !== false)) {
            throw new LogicException('nothing was restricted');
        }
    }

    /** open_basedir of an arena. */
    public static function allowed(string $directory): string
    {
        return "$directory/in:$directory/trusted:" . __DIR__;
    }

    public static function escaped(mixed $got): bool
    {
        return $got === true || (is_string($got) && str_contains($got, self::MARK));
    }

    public static function slug(string $name): string
    {
        return trim((string) preg_replace('/[^a-z0-9]+/', '-', strtolower($name)), '-');
    }
}
