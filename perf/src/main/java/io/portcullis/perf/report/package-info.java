/// Pages that are one file: tables and charts as inline SVG, light and dark, nothing loaded from anywhere.
@NullMarked
package io.portcullis.perf.report;

import org.jspecify.annotations.NullMarked;
