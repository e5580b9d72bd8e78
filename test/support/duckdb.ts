/** DuckDB from npm as a judge of Parquet and CSV files; where its library does not load, tests say so and are skipped. */

type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/** Runs one query on an empty database; undefined where there is no DuckDB. */
export const duckdb: Query | undefined = await load();

async function load(): Promise<Query | undefined> {
  try {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    return async (sql) => [...(await (await connection.run(sql)).getRowObjects())];
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    console.log(`skipped: DuckDB does not run on this machine (${reason})`);
    return undefined;
  }
}
