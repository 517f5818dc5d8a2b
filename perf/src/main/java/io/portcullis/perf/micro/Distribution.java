package io.portcullis.perf.micro;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a benchmark draws its work from, in one sentence: a figure without it says nothing. `farmctl perf micro --list` shows it.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Distribution {
  String value();
}
