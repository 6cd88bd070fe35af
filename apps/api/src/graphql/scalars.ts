import { GraphQLError, GraphQLScalarType } from 'graphql';
import { DateTimeResolver, SafeIntResolver } from 'graphql-scalars';
import { GraphQLUpload } from 'graphql-upload-ts';

/** The committed schema names scalars only; their prose lives in the guide. */
function bare<Internal, External>(
  scalar: GraphQLScalarType<Internal, External>,
): GraphQLScalarType<Internal, External> {
  return new GraphQLScalarType({ ...scalar.toConfig(), description: null, specifiedByURL: null, extensions: {} });
}

export const DateTimeScalar = bare(DateTimeResolver);
export const SafeIntScalar = bare(SafeIntResolver);

const upload = GraphQLUpload.toConfig();
export const UploadScalar = new GraphQLScalarType({
  ...upload,
  description: null,
  parseValue(value) {
    try {
      return upload.parseValue(value);
    } catch {
      throw new GraphQLError('Send the file as a multipart request: "operations", "map", then the file.', {
        extensions: { code: 'input-invalid' },
      });
    }
  },
});
