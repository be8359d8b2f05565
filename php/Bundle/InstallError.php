<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** An install cannot go on. The message names the thing, the remedy what to do about it. */
final class InstallError extends \RuntimeException
{
    public function __construct(
        public readonly Status $status,
        string $message,
        public readonly ?string $remedy = null,
        public readonly ?Reason $reason = null,
        ?\Throwable $previous = null,
    ) {
        parent::__construct($message, $status->value, $previous);
    }

    /** Bytes or names that are not what they have to be. */
    public static function verification(string $message, ?string $remedy = null): self
    {
        return new self(Status::Verification, $message, $remedy);
    }

    public static function unsupported(Reason $reason, string $message, ?string $remedy = null): self
    {
        return new self(Status::Unsupported, $message, $remedy, $reason);
    }

    public static function cannotWrite(string $message, ?string $remedy = null): self
    {
        return new self(Status::CannotWrite, $message, $remedy);
    }

    /** The reason in brackets where there is one, the message, and the remedy on a line of its own. */
    public function text(): string
    {
        $reason = $this->reason === null ? '' : "not installed ({$this->reason->value}): ";
        return $reason . $this->getMessage() . ($this->remedy === null ? '' : "\n  -> {$this->remedy}");
    }
}
